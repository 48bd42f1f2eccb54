using System.Net;
using StreamChat.ToolWorker.Tools;

namespace StreamChat.ToolWorker.BuiltIn.Http;

/// <summary>Reads from a service that may be slow, broken or without end. Says what went wrong in words for the model, without addresses.</summary>
internal sealed partial class BoundedHttp(IHttpClientFactory clients, TimeProvider time, ILogger<BoundedHttp> logger)
{
    public const string ClientName = "tools";

    private const int ChunkBytes = 16 * 1024;

    /// <param name="service">What is asked, for the message: 'weather service'.</param>
    /// <param name="address">What to get.</param>
    /// <param name="timeout">How long it may take in all.</param>
    /// <param name="maxBytes">How long the answer may be, unpacked.</param>
    /// <param name="cancellationToken">Gives up earlier.</param>
    /// <returns>The answer's body.</returns>
    /// <exception cref="ToolException">It did not answer, or not well.</exception>
    public async Task<byte[]> GetAsync(string service, Uri address, TimeSpan timeout, int maxBytes, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            using var client = clients.CreateClient(ClientName);
            using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, linked.Token);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                LogStatus(service, (int)response.StatusCode);
                throw new ToolException(Explain(service, response.StatusCode));
            }

            await using var body = await response.Content.ReadAsStreamAsync(linked.Token);
            return await ReadAsync(service, body, maxBytes, linked.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            LogTimeout(service, timeout);
            throw new ToolException($"The {service} did not answer in time. Try again later.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or InvalidOperationException)
        {
            // the last two are what the decompressors throw: deflate and gzip the one, brotli the other
            LogUnreachable(service, (e as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown);
            throw new ToolException($"The {service} could not be reached. Try again later.");
        }
    }

    private static async Task<byte[]> ReadAsync(string service, Stream body, int maxBytes, CancellationToken cancellationToken)
    {
        using MemoryStream read = new();
        var chunk = new byte[ChunkBytes];
        while (await body.ReadAsync(chunk, cancellationToken) is var count && count > 0)
        {
            if (read.Length + count > maxBytes)
            {
                throw new ToolException($"The {service} sent more than can be read.");
            }

            read.Write(chunk, 0, count);
        }

        return read.ToArray();
    }

    private static string Explain(string service, HttpStatusCode status) => status switch
    {
        HttpStatusCode.TooManyRequests => $"The {service} is asked too often. Try again later.",
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => $"The {service} refuses to answer.",
        >= HttpStatusCode.InternalServerError => $"The {service} failed (HTTP {(int)status}). Try again later.",
        _ => $"The {service} gave no answer to this (HTTP {(int)status}).",
    };

    [LoggerMessage(3211, LogLevel.Warning, "The {Service} answered with HTTP {Status}.")]
    private partial void LogStatus(string service, int status);

    [LoggerMessage(3212, LogLevel.Warning, "The {Service} did not answer within {Timeout}.")]
    private partial void LogTimeout(string service, TimeSpan timeout);

    [LoggerMessage(3213, LogLevel.Warning, "The {Service} could not be reached: {Error}.")]
    private partial void LogUnreachable(string service, HttpRequestError error);
}
