using System.Globalization;
using StreamChat.Hosting.Http;

namespace StreamChat.AgentWorker.Models.Providers;

/// <summary>
/// The HTTP side of all providers. An answer that is no success becomes a <see cref="ProviderException"/> here, before a provider's
/// client sees it and puts its words into exceptions of its own.
/// </summary>
internal sealed class ProviderHttp(TimeProvider time) : DelegatingHandler(NewHandler())
{
    private const int MostErrorBytes = 64 * 1024;

    // many times a whole answer, for providers that say it all in one event
    private const int MostEventBytes = 4 * 1024 * 1024;
    private const string RetryAfterMs = "retry-after-ms";

    /// <summary>A client without a deadline of its own: a stream has others.</summary>
    public static HttpClient NewClient(TimeProvider time) => new(new ProviderHttp(time)) { Timeout = Timeout.InfiniteTimeSpan };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            response.Content = await response.Content.WrapAsync(body => new BoundedEvents(body, MostEventBytes), cancellationToken);
            return response;
        }

        using (response)
        {
            var body = await ReadAsync(response, cancellationToken);
            throw ProviderErrors.OfAnswer(response.StatusCode, body, RetryAfter(response));
        }
    }

    private static SocketsHttpHandler NewHandler() => new()
    {
        // a redirect would take the key elsewhere
        AllowAutoRedirect = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var buffer = new byte[MostErrorBytes];
        try
        {
            await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
            return buffer.AsMemory(0, await body.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellationToken));
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            // the status tells enough
            return ReadOnlyMemory<byte>.Empty;
        }
    }

    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        if (response.Headers.TryGetValues(RetryAfterMs, out var values)
            && double.TryParse(values.First(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var ms) && ms is >= 0 and < int.MaxValue)
        {
            return TimeSpan.FromMilliseconds(ms);
        }

        var wait = response.Headers.RetryAfter switch
        {
            { Delta: { } delta } => delta,
            { Date: { } date } => date - time.GetUtcNow(),
            _ => (TimeSpan?)null,
        };
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
