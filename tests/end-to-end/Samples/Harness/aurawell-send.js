
socket.addEventListener('open', () => sendHealthChat('我最近感觉很疲劳，有什么建议吗？', { mood: 'tired', sleep_hours: 6, activity_level: 'low' }));
