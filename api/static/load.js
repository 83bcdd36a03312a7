"use strict";
// The page 载入: files that are dropped, how far the upload is, and how far the work on it is. Without it the forms do.
(function () {
  const form = document.getElementById("upload");
  if (form) dropping(form);
  const progress = document.getElementById("progress");
  if (progress) watch(progress);

  function dropping(form) {
    const input = form.querySelector("input[type=file]");
    const zone = form.querySelector(".drop");
    const sent = document.getElementById("sent");
    const most = Number(form.dataset.most);

    function show() {
      const files = [...input.files];
      document.getElementById("chosen").replaceChildren(...files.map((file) => {
        const line = document.createElement("li");
        line.textContent = `${file.name}（${size(file.size)}）`;
        return line;
      }));
      const total = files.reduce((sum, file) => sum + file.size, 0);
      const large = total > most * 1048576;
      input.setCustomValidity(large ? `共 ${size(total)}，超过 ${most} MB` : "");
      say(large ? `共 ${size(total)}，超过 ${most} MB；请拆开或只留要用的列再传。` : "", large);
      return files.length && !large;
    }

    function say(text, bad) {
      sent.textContent = text;
      sent.className = bad ? "warning" : "quiet";
    }

    for (const name of ["dragenter", "dragover"]) {
      zone.addEventListener(name, (event) => { event.preventDefault(); zone.classList.add("over"); });
    }
    for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (event.dataTransfer.files.length) { input.files = event.dataTransfer.files; show(); }
    });
    window.addEventListener("dragover", (event) => event.preventDefault()); // beside the field nothing is opened
    window.addEventListener("drop", (event) => event.preventDefault());
    input.addEventListener("change", show);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (form.dataset.sent || !show()) return;
      form.dataset.sent = "1";
      const request = new XMLHttpRequest();
      request.open("POST", "/api/v1/loads?wait=0");
      request.upload.onprogress = (now) => say(`正在上传 ${size(now.loaded)}，共 ${size(now.total)}`);
      request.onload = () => {
        let answer = {};
        try { answer = JSON.parse(request.responseText); } catch { /* told below */ }
        if (request.status < 300) location.href = `/loads/${answer.id}${location.search}`;
        else stop(answer.detail || "没有收下，请稍后再试。");
      };
      request.onerror = () => stop("上传断了，什么也没有留下；请看看网络，再传一次。");
      request.send(new FormData(form));
    });

    function stop(text) {
      delete form.dataset.sent;
      say(text, true);
    }
  }

  function size(bytes) {
    return bytes < 1048576 ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
  }

  function watch(block) {
    const { load, state } = block.dataset;
    let wrong = 0;

    async function look() {
      try {
        const answer = await fetch(`/api/v1/loads/${load}`, { headers: { Accept: "application/json" } });
        const told = await answer.json();
        if (!answer.ok || told.state !== state) return location.reload();
        wrong = 0;
        document.getElementById("doing").textContent = (told.progress && told.progress.text) || "准备";
        document.getElementById("rows").textContent = told.progress && told.progress.rows ? `${told.progress.rows.toLocaleString("en")} 行` : "";
      } catch {
        wrong += 1;
        if (wrong > 2) document.getElementById("doing").textContent = "连不上服务，等它回来；载入不受影响";
      }
      setTimeout(look, wrong ? 3000 : 700);
    }

    setTimeout(look, 400);
  }
})();
