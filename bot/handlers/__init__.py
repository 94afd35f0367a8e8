"""Chat: parse → authorise → one service call → render. One module per topic."""
