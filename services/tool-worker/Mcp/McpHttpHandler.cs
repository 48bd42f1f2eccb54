using StreamChat.Hosting.Http;

namespace StreamChat.ToolWorker.Mcp;

/// <summary>
/// Notices when a server cannot be reached, whoever asks: the SDK tries for itself to open a broken stream again. Ends answers with a
/// message that is too large, which the SDK would collect whole.
/// </summary>
internal sealed class McpHttpHandler(HttpMessageHandler inner, McpSignal signal, int maxMessageBytes) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            var response = await base.SendAsync(request, cancellationToken);
            response.Content = await BoundAsync(request, response, cancellationToken);
            return response;
        }
        catch (HttpRequestException)
        {
            signal.Raise();
            throw;
        }
    }

    private Task<HttpContent> BoundAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var content = response.Content;
        var framing = response.IsSuccessStatusCode && content.Headers.ContentType?.MediaType == "text/event-stream" ? McpFraming.Event : McpFraming.Body;

        // the answer to a call fails that call only; how large it is depends on what was asked
        Action<McpMessageTooLargeException> exceeded = request.Method == HttpMethod.Post ? _ => { } : signal.Break;
        return content.WrapAsync(body => new McpBoundedStream(body, framing, maxMessageBytes, exceeded), cancellationToken);
    }
}
