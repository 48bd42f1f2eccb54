using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Serialization;
using StreamChat.TestSupport.Waiting;

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
        Page? page = null;
        await Eventually.ComesTrueAsync(
            async () => (page = await TryReadPageAsync(query, cancellationToken)) is not null, Patience, Pause, cancellationToken);
        return page;
    }

    /// <summary>A page; null when there is nobody to give it, who may be there in a moment.</summary>
    private async Task<Page?> TryReadPageAsync(string query, CancellationToken cancellationToken)
    {
        try
        {
            return await _http.GetFromJsonAsync<Page>(query, cancellationToken);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is TaskCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return null;
        }
    }

    private sealed record Page([property: JsonPropertyName("messages")] IReadOnlyList<StoredMessage> Messages, [property: JsonPropertyName("before")] long? Before);
}
