"""Files and folders: locks, folders that outlive nobody, whole trees of pages, and the step in which two change places.

It knows nothing of findings; :mod:`sozialanalyse.batch.publishing` says what is to be where.
"""
