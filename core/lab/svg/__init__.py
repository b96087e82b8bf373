"""A plotly figure as a still picture: plain SVG as text, for reports that must stay small and print as they read."""
