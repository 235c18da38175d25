# A Moonreel worker: docker build -t moonreel-worker . ; see docs/notebook.md
FROM python:3.12-slim
# tunnel, or tunnel,image for real pictures (torch brings its own CUDA libraries)
ARG EXTRAS=tunnel
ENV PYTHONUNBUFFERED=1 NVIDIA_VISIBLE_DEVICES=all NVIDIA_DRIVER_CAPABILITIES=compute,utility,video
COPY . /src
RUN pip install --no-cache-dir "/src[${EXTRAS}]" && rm -r /src \
    && useradd --create-home --uid 1000 moonreel && install -d -o moonreel /data
USER 1000
VOLUME /data
EXPOSE 5001
ENTRYPOINT ["python", "-m", "colab_worker", "--host", "0.0.0.0", "--data-dir", "/data", "--token-file", "/data/token"]
