"""The pages of the registries and of the clusters, and their workbooks."""
