using StreamChat.Gateway.Dialects;

namespace StreamChat.Gateway.Requests.Handlers;

/// <summary>Does nothing about what only a server may say.</summary>
internal sealed class IgnoredHandler : RequestHandler<IgnoredFrame>
{
    protected override ValueTask HandleAsync(RequestContext context, IgnoredFrame request) => ValueTask.CompletedTask;
}
