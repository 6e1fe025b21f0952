"""Groups of texts found in the vector space; a new method is a function and a row of CLUSTERINGS.

Everything, the scores too, is computed from the vectors, never from the places on a map: a map
draws groups apart that are not, and groups found on it would confirm whatever it shows.

>>> from embedlib.clusters import CLUSTERINGS
>>> list(CLUSTERINGS)
['hdbscan', 'kmeans']
"""

from embedlib.clusters.finding import Clusters, cluster
from embedlib.clusters.methods import CLUSTERINGS, Clustering, Count

__all__ = ["CLUSTERINGS", "Clustering", "Clusters", "Count", "cluster"]
