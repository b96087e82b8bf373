"""Glasshouse core: train, attack, repair and measure small real models. Never imports Streamlit."""
