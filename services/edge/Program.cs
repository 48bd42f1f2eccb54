using StreamChat.Edge;
using StreamChat.Hosting;

return await StreamChatHost.RunAsync(() => EdgeApp.Build(args));
