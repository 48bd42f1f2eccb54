namespace StreamChat.TestSupport.Brokers;

/// <summary>A broker that runs somewhere and is not ours to stop.</summary>
internal sealed class GivenBroker(Uri uri) : IBroker
{
    public Uri Uri => uri;

    public bool IsOurs => false;

    public string Output => "";

    public Task StartAsync() => Task.CompletedTask;

    public Task StopAsync() => throw NotOurs();

    public Task KillAsync() => throw NotOurs();

    public Task<string> ControlAsync(params IReadOnlyList<string> arguments) => throw NotOurs();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private static InvalidOperationException NotOurs() => new("The broker named by RABBITMQ_URI is not ours to control.");
}
