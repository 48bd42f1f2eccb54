using StreamChat.Outages;

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.Cancel();
};
return await OutageCommand.RunAsync(args, Console.Out, Console.Error, stop.Token);
