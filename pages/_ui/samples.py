"""Samples with their images: a table with pictures; a chosen row opens its details below."""

import base64
import io

import numpy as np
import pandas as pd
import streamlit as st
from PIL import Image

LEAST_PIXELS = 84


def as_uri(image: np.ndarray) -> str:
    """Return an (H, W, C) uint8 image as a PNG data address, small ones enlarged without blurring."""
    array = image[..., 0] if image.shape[-1] == 1 else image
    picture = Image.fromarray(np.ascontiguousarray(array))
    factor = max(1, -(-LEAST_PIXELS // max(picture.size)))
    picture = picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.NEAREST)
    buffer = io.BytesIO()
    picture.save(buffer, "PNG", optimize=True)
    return "data:image/png;base64," + base64.b64encode(buffer.getvalue()).decode()


def table(rows: pd.DataFrame, *, key: str, alt: str, columns: dict[str, object]) -> int | None:
    """Draw rows with an ``image`` column of data addresses; return the position of the chosen row, or None."""
    shown = st.dataframe(
        rows, hide_index=True, row_height=56, height=min(420, 40 + 56 * max(1, len(rows))), key=key, on_select="rerun",
        selection_mode="single-row", column_order=list(columns), alt=alt,
        column_config={"image": st.column_config.ImageColumn("Image", width="small", pinned=True), **columns})
    chosen = shown.selection.rows
    return chosen[0] if chosen and chosen[0] < len(rows) else None
