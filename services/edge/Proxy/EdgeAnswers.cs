using StreamChat.Hosting.Http;

namespace StreamChat.Edge.Proxy;

/// <summary>The answers that are the edge's own, in one form.</summary>
internal static class EdgeAnswers
{
    /// <summary>421: the edge is addressed by a name that its operator has not listed.</summary>
    public static Task UnknownHostAsync(HttpContext context) => ServiceAnswer.WriteAsync(
        context.Response,
        StatusCodes.Status421MisdirectedRequest,
        "unknown_host",
        $"This server does not answer under this host name. Its operator can add the name to the setting {HostNames.Key}.",
        retryable: false);
}
