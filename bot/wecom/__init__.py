"""WeCom (企业微信 / 政务微信) as a platform: callbacks in, API calls out. No store, no business."""
