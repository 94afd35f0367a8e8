"""Ninety days of the county's corner, lived at random and judged from the phones."""
