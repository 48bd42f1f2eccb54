using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Serialization;

namespace StreamChat.FaultEngine.Checks;

/// <summary>A message as the store has it.</summary>
internal sealed record StoredMessage(
    [property: JsonPropertyName("position")] long Position,
    [property: JsonPropertyName("role")] string Role,
    [property: JsonPropertyName("content")] string Content,
    [property: JsonPropertyName("runId")] Guid? RunId,
    [property: JsonPropertyName("partial")] bool Partial);

/// <summary>Reads threads over HTTP, as anybody can.</summary>
internal sealed class StoredThreads(Uri server) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly HttpClient _http = new() { BaseAddress = server, Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>All messages of a thread, oldest first; null when it cannot be read.</summary>
    public async Task<IReadOnlyList<StoredMessage>?> ReadAsync(string userId, string threadId, CancellationToken cancellationToken)
    {
        List<StoredMessage> messages = [];
        long? before = null;
        do
        {
            if (await ReadPageAsync(userId, threadId, before, cancellationToken) is not { } page)
            {
                return null;
            }

            messages.InsertRange(0, page.Messages);
            before = page.Before;
        }
        while (before is not null);

        return messages;
    }

    public void Dispose() => _http.Dispose();

    private async Task<Page?> ReadPageAsync(string userId, string threadId, long? before, CancellationToken cancellationToken)
    {
        var query = $"/api/v1/threads/{Uri.EscapeDataString(threadId)}/messages?limit=200&user_id={Uri.EscapeDataString(userId)}"
            + (before is { } position ? string.Create(CultureInfo.InvariantCulture, $"&before={position}") : "");
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(Patience);
        while (!deadline.IsCancellationRequested)
        {
            try
            {
                return await _http.GetFromJsonAsync<Page>(query, deadline.Token);
            }
            catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !deadline.IsCancellationRequested)
            {
                await Task.Delay(Pause, cancellationToken);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                return null;
            }
        }

        return null;
    }

    private sealed record Page([property: JsonPropertyName("messages")] IReadOnlyList<StoredMessage> Messages, [property: JsonPropertyName("before")] long? Before);
}
