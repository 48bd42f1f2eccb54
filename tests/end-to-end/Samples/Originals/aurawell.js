// 建立WebSocket连接
const userId = 'user_123';
const wsUrl = `ws://localhost:8000/ws/chat/${userId}`;
const socket = new WebSocket(wsUrl);

// 连接事件处理
socket.onopen = function(event) {
    console.log('WebSocket连接已建立');
};

socket.onmessage = function(event) {
    const message = JSON.parse(event.data);
    handleMessage(message);
};

socket.onclose = function(event) {
    console.log('WebSocket连接已关闭');
};

socket.onerror = function(error) {
    console.error('WebSocket错误:', error);
};

// 消息处理函数
function handleMessage(message) {
    switch (message.type) {
        case 'welcome':
            console.log('欢迎消息:', message.message);
            break;
            
        case 'status_update':
            updateStatus(message.status, message.message);
            break;
            
        case 'chat_stream':
            appendStreamToken(message.delta);
            break;
            
        case 'error':
            handleError(message.message);
            break;
            
        default:
            console.log('未知消息类型:', message);
    }
}

// 发送健康咨询消息
function sendHealthChat(message, context = {}) {
    const chatMessage = {
        type: 'health_chat',
        data: {
            message: message,
            context: context
        },
        conversation_id: generateConversationId(),
        active_member_id: userId
    };
    
    socket.send(JSON.stringify(chatMessage));
}

// 发送一般聊天消息
function sendGeneralChat(message) {
    const chatMessage = {
        type: 'general_chat',
        data: {
            message: message
        },
        conversation_id: generateConversationId()
    };
    
    socket.send(JSON.stringify(chatMessage));
}

// 切换家庭成员
function switchMember(targetMemberId) {
    const switchMessage = {
        type: 'switch_member',
        data: {
            target_member_id: targetMemberId
        }
    };
    
    socket.send(JSON.stringify(switchMessage));
}

// 获取连接状态
function getStatus() {
    const statusMessage = {
        type: 'get_status',
        data: {}
    };
    
    socket.send(JSON.stringify(statusMessage));
}

// 启用WebSocket调试日志
socket.addEventListener('message', (event) => {
    console.log('收到消息:', JSON.parse(event.data));
});

socket.addEventListener('error', (error) => {
    console.error('WebSocket错误:', error);
});
