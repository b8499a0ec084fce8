// Reads the curves under the pointer: everything else on the page works without this.
for (const svg of document.querySelectorAll('.chart svg')) {
  const curves = [...svg.querySelectorAll('.trend')].map(line => ({
    line,
    points: line.getAttribute('points').split(' ').map(p => p.split(',').map(Number)),
    steps: line.dataset.steps.split(' '),
    values: line.dataset.values.split(' '),
  }));
  const cursor = document.createElementNS('http://www.w3.org/2000/svg', 'line');
  cursor.setAttribute('class', 'cursor');
  cursor.setAttribute('y1', 10);
  cursor.setAttribute('y2', 222);
  const reading = document.createElement('div');
  reading.className = 'reading';
  svg.addEventListener('pointermove', event => {
    const x = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse()).x;
    const parts = curves.map(({line, points, steps, values}) => {
      let best = 0;
      points.forEach((p, i) => { if (Math.abs(p[0] - x) < Math.abs(points[best][0] - x)) best = i; });
      cursor.setAttribute('x1', points[best][0]);
      cursor.setAttribute('x2', points[best][0]);
      return {step: steps[best], text: (curves.length > 1 ? line.dataset.name + ' ' : '') + values[best]};
    });
    reading.textContent = 'step ' + parts[0].step + ': ' + parts.map(p => p.text).join(', ');
    svg.append(cursor);
    svg.closest('.chart').append(reading);
  });
  svg.addEventListener('pointerleave', () => { cursor.remove(); reading.remove(); });
}
