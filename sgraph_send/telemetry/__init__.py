"""What a running site tells its operators: log lines, metrics, traces, health."""
