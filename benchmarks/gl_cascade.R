# The authors' programs (GLcascade and fastcascade 0.9.3.1, called as in their own tutorial, github.com/ch-diem) on a network of
# edges.csv, firms.csv and essentiality.csv: prints "measured <ms a firm>" and the score of each closed firm. Untested here, where there
# is no R. Preparing is taken out: the time is that of all firms less that of one.
library(GLcascade)
library(fastcascade)
library(Matrix)

arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
closed <- as.integer(strsplit(arguments[2], ",")[[1]]) + 1
edges <- read.csv(file.path(folder, "edges.csv"))
industry <- read.csv(file.path(folder, "firms.csv"))$industry
essentiality <- as.matrix(read.csv(file.path(folder, "essentiality.csv"), row.names = 1, check.names = FALSE))
n <- length(industry)
W <- sparseMatrix(i = edges$supplier + 1, j = edges$buyer + 1, x = edges$amount, dims = c(n, n))

run <- function(firms) {
  GL_cascade(
    W = W, p = industry, p_market = industry, p_sec_impacts = FALSE, ess_mat_sec = essentiality,
    h_weights = cbind(rowSums(W)), sec_aggr_weights = FALSE,
    psi_mat = sparseMatrix(i = firms, j = seq_along(firms), x = 1, dims = c(n, length(firms))),
    revenue = FALSE, costs = FALSE, track_h = FALSE, track_sector_impacts = FALSE, track_conv = FALSE, conv_type = 1,
    eps = 10^-2, use_rcpp = TRUE, ncores = 0, run_id = "benchmark", load_balance = FALSE
  )
}

one <- system.time(run(closed[1]))[["elapsed"]]
all <- system.time(result <- run(closed))[["elapsed"]]
cat("measured", (all - one) / (length(closed) - 1) * 1000, "\n")
cat(sprintf("%.17g\n", result$ESRI[, "ESRI_weight_1"]), sep = "")
