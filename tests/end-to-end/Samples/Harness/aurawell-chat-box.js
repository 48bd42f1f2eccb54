// the three methods that the document's controller calls and does not define
AuraWellChatController.prototype.setupEventListeners = function () {};
AuraWellChatController.prototype.addSystemMessage = function (message) {
  const element = document.createElement('div');
  element.className = 'message system-message';
  element.textContent = message;
  document.getElementById('messages').appendChild(element);
};
AuraWellChatController.prototype.addErrorMessage = function (message) {
  const element = document.createElement('div');
  element.className = 'message error-message';
  element.textContent = message;
  document.getElementById('messages').appendChild(element);
};
