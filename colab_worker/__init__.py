"""The worker: takes job specs over HTTP and turns them into films, unit by unit.

To read it in the order in which a job meets it:

submit    ``handlers/submit`` takes the request, ``legacy`` reads its old form,
          ``submissions`` makes one job of it, however often it comes.
plan      ``planner`` turns the spec into units with content keys; a pure function.
run       ``runner`` takes jobs from the queue, ``job_run`` hands out what can run,
          ``dispatcher`` has lanes of children for it, ``engine_host`` and
          ``engine_child`` are the two ends of a child, ``stages`` and ``engines`` do the
          work there, ``outputs`` checks what comes back.
remember  ``store`` keeps jobs, units and the memo, ``memo`` looks before work is done.
serve     ``board`` and ``views`` tell how jobs are doing, ``handlers/status`` and
          ``handlers/files`` send it.

``app`` builds all of it once; ``__main__`` runs it.
"""
