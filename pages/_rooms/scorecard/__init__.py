"""The scorecard on its page: rows, what stands behind them, the report."""
