"""The indices and free rivals as columns of a table: names on screen, and which need labels of the new data. Imports no torch."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One index or rival: its column, name, whether it needs labels of the new data, and whether it is a rival that is free."""

    name: str
    title: str
    needs_labels: bool
    is_free: bool = False


COLUMNS = (
    Column("resque", "RESQUE, last convolution", True),
    Column("resque_features", "RESQUE, features", True),
    Column("arm_released", "ARM as released", False),
    Column("arm_corrected", "ARM corrected", False),
    Column("preindex", "PreIndex, reconstructed", True),
    Column("p_wasserstein", "PreIndex p, Wasserstein", False),
    Column("p_bhattacharyya", "PreIndex p, Bhattacharyya", False),
    Column("p_jensen_shannon", "PreIndex p, Jensen-Shannon", False),
    Column("p_kullback_leibler", "PreIndex p, Kullback-Leibler", False),
    Column("lost_own", "1 - ARI, own centroids", True),
    Column("lost_clean", "1 - ARI, clean centroids", True),
    Column("raw_error", "1 - raw accuracy", True, is_free=True),
    Column("norm_error", "1 - accuracy after norms", True, is_free=True),
    Column("unconfidence", "1 - mean confidence", False, is_free=True),
    Column("gradient", "Gradient norm, one batch", True, is_free=True),
    Column("knn_error", "1 - k-NN accuracy", True, is_free=True),
)
BY_NAME = {column.name: column for column in COLUMNS}
