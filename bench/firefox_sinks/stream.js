let offered;

self.addEventListener("install", () => self.skipWaiting());

self.addEventListener("message", (event) => {
  offered = { port: event.ports[0], lengthBytes: event.data.lengthBytes };
  event.source.postMessage("ready");
});

self.addEventListener("fetch", (event) => {
  const { port, lengthBytes } = offered;
  // One piece for each pull: more of them at once make Firefox stall.
  const body = new ReadableStream({
    pull: (controller) =>
      new Promise((resolve) => {
        port.onmessage = ({ data }) => {
          if (data) controller.enqueue(data);
          else controller.close();
          resolve();
        };
        port.postMessage("next");
      }),
  });
  const headers = {
    "content-type": "application/octet-stream",
    "content-length": String(lengthBytes),
    "content-disposition": 'attachment; filename="sink.bin"',
  };
  event.respondWith(new Response(body, { headers }));
});
