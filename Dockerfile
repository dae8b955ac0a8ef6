# Three images. `docker build --target runtime --tag lm-basics-runtime .` holds Python and the packages that grading
# needs, and nothing of the project: it can be public, and PrairieLearn grades in it with the files that `grader build`
# writes; `--target autolab` is the same for Autolab. `docker build --tag lm-basics-grader .` holds the grader, too, with reference and hidden
# checks, and must stay private: docker run --rm -v "$PWD:/work" lm-basics-grader grade submission.zip
FROM python:3.13-slim-bookworm AS runtime
RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap=0.8.* libseccomp2=2.5.* make=4.3-* \
    && rm -rf /var/lib/apt/lists/*
COPY pyproject.toml constraints.txt grader/delivery/platforms/requirements.py /opt/setup/
WORKDIR /opt/setup
# torch for the CPU is a tenth of the size of the usual one.
RUN python -m venv /opt/venv \
    && python requirements.py pyproject.toml > requirements.txt \
    && /opt/venv/bin/pip install --no-cache-dir --extra-index-url https://download.pytorch.org/whl/cpu \
        --constraint constraints.txt --requirement requirements.txt
ENV PATH=/opt/venv/bin:$PATH
WORKDIR /work

# What Autolab's jobs need besides: Tango's local Docker runs them as the user autograde, without namespaces, and the
# sandbox that works without namespaces needs root. The submission can't use sudo: it has no privileges to gain.
FROM runtime AS autolab
RUN apt-get update \
    && apt-get install --yes --no-install-recommends sudo=1.9.* \
    && rm -rf /var/lib/apt/lists/* \
    && echo 'autograde ALL=(root) NOPASSWD: ALL' > /etc/sudoers.d/autograde \
    && chmod 0440 /etc/sudoers.d/autograde

FROM runtime AS grader
# The course file is copied if there is one.
COPY pyproject.toml constraints.txt sandbox-requirements.txt handout.md README.md LICENSE course.tom[l] /opt/grader/
COPY assignment /opt/grader/assignment
COPY tests /opt/grader/tests
COPY fixtures /opt/grader/fixtures
COPY grader /opt/grader/grader
# Nobody but root reads reference and hidden checks: what the sandbox runs has another uid.
RUN pip install --no-cache-dir --no-deps --editable /opt/grader \
    && chmod -R go-rwx /opt/grader
ENTRYPOINT ["grader"]
CMD ["--help"]
