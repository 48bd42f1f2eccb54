class AuraWellChatController {
    constructor(userId) {
        this.userId = userId;
        this.socket = null;
        this.currentMessage = '';
        this.currentConversationId = null;
        
        this.initializeWebSocket();
        this.setupEventListeners();
    }
    
    initializeWebSocket() {
        const wsUrl = `ws://localhost:8000/ws/chat/${this.userId}`;
        this.socket = new WebSocket(wsUrl);
        
        this.socket.onopen = () => {
            this.updateConnectionStatus('connected');
        };
        
        this.socket.onmessage = (event) => {
            const message = JSON.parse(event.data);
            this.handleMessage(message);
        };
        
        this.socket.onclose = () => {
            this.updateConnectionStatus('disconnected');
        };
        
        this.socket.onerror = (error) => {
            this.updateConnectionStatus('error');
            console.error('WebSocket错误:', error);
        };
    }
    
    handleMessage(message) {
        switch (message.type) {
            case 'welcome':
                this.addSystemMessage(message.message);
                break;
                
            case 'status_update':
                this.updateProcessingStatus(message.status, message.message);
                if (message.status === 'streaming') {
                    this.startNewMessage();
                } else if (message.status === 'done') {
                    this.finishMessage();
                }
                break;
                
            case 'chat_stream':
                this.appendToCurrentMessage(message.delta);
                break;
                
            case 'error':
                this.addErrorMessage(message.message);
                break;
        }
    }
    
    sendHealthChat(message, context = {}) {
        this.currentConversationId = this.generateConversationId();
        
        const chatMessage = {
            type: 'health_chat',
            data: { message, context },
            conversation_id: this.currentConversationId,
            active_member_id: this.userId
        };
        
        this.socket.send(JSON.stringify(chatMessage));
        this.addUserMessage(message);
    }
    
    // UI更新方法
    updateConnectionStatus(status) {
        const statusElement = document.getElementById('connection-status');
        statusElement.textContent = status === 'connected' ? '已连接' : '连接断开';
        statusElement.className = status;
    }
    
    updateProcessingStatus(status, message) {
        const statusElement = document.getElementById('processing-status');
        statusElement.textContent = message;
        statusElement.className = status;
    }
    
    addUserMessage(message) {
        const messagesContainer = document.getElementById('messages');
        const messageElement = document.createElement('div');
        messageElement.className = 'message user-message';
        messageElement.textContent = message;
        messagesContainer.appendChild(messageElement);
        messagesContainer.scrollTop = messagesContainer.scrollHeight;
    }
    
    startNewMessage() {
        const messagesContainer = document.getElementById('messages');
        this.currentMessageElement = document.createElement('div');
        this.currentMessageElement.className = 'message assistant-message';
        messagesContainer.appendChild(this.currentMessageElement);
        this.currentMessage = '';
    }
    
    appendToCurrentMessage(delta) {
        this.currentMessage += delta;
        if (this.currentMessageElement) {
            this.currentMessageElement.textContent = this.currentMessage;
            
            // 自动滚动到底部
            const messagesContainer = document.getElementById('messages');
            messagesContainer.scrollTop = messagesContainer.scrollHeight;
        }
    }
    
    finishMessage() {
        this.currentMessageElement = null;
        this.updateProcessingStatus('', '');
    }
    
    generateConversationId() {
        return `conv_${Date.now()}_${Math.random().toString(36).substring(2, 15)}`;
    }
}

// 初始化聊天控制器
const chatController = new AuraWellChatController('user_123');

// 设置发送按钮事件
document.getElementById('send-btn').addEventListener('click', () => {
    const input = document.getElementById('message-input');
    const message = input.value.trim();
    
    if (message) {
        chatController.sendHealthChat(message);
        input.value = '';
    }
});

// 设置回车键发送
document.getElementById('message-input').addEventListener('keypress', (e) => {
    if (e.key === 'Enter') {
        document.getElementById('send-btn').click();
    }
});
