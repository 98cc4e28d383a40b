"""A flow as a picture and as a page to print, for those who review what young people are asked."""
