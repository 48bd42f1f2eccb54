using StreamChat.Edge;
using StreamChat.Hosting;

return await StreamChatHost.RunAsync(args, () => EdgeApp.Build(args));
