using System.Net.Mime;
using System.Text;
using System.Text.Json;
using Microsoft.Net.Http.Headers;
using StreamChat.Contracts.Threads;
using StreamChat.Gateway.Threads;

namespace StreamChat.Gateway.Http;

/// <summary>
/// A whole thread as a file, page by page, so that a long one costs no more memory than a short one. Once the first byte is out, a
/// page that cannot be had cuts the connection off: a file that ends early must not look whole.
/// </summary>
internal sealed class ThreadExport(ThreadClient threads, string userId, string threadId, TimeProvider time)
{
    public const string JsonType = MediaTypeNames.Application.Json;
    public const string MarkdownType = "text/markdown";

    private const int PageSize = 200;
    private const int Tries = 5;
    private const int MaxFileName = 80;

    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private static readonly JsonWriterOptions Json = new() { Indented = true, Encoder = HttpJson.Plain.Options.Encoder };

    public Task<ThreadPage> ReadAsync(long after, CancellationToken cancellationToken) =>
        threads.ReadAsync(new ReadThread { UserId = userId, ThreadId = threadId, After = after, Limit = PageSize }, cancellationToken);

    public async Task WriteAsync(HttpContext context, ThreadPage first, bool markdown)
    {
        var thread = first.Thread!;
        context.Response.ContentType = markdown ? $"{MarkdownType}; charset=utf-8" : $"{JsonType}; charset=utf-8";
        context.Response.Headers.ContentDisposition = Disposition(thread, markdown ? ".md" : ".json");
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (markdown)
        {
            await WriteMarkdownAsync(context, thread, first);
        }
        else
        {
            await WriteJsonAsync(context, thread, first);
        }
    }

    private async Task WriteMarkdownAsync(HttpContext context, ThreadSummary thread, ThreadPage first)
    {
        var body = context.Response.BodyWriter;
        Encoding.UTF8.GetBytes(ThreadMarkdown.Head(thread), body);
        for (var page = first; page is { Messages.Count: > 0 }; page = await NextAsync(context, page))
        {
            foreach (var message in page.Messages)
            {
                Encoding.UTF8.GetBytes(ThreadMarkdown.Of(message), body);
            }

            await body.FlushAsync(context.RequestAborted);
        }
    }

    private async Task WriteJsonAsync(HttpContext context, ThreadSummary thread, ThreadPage first)
    {
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Json);
        json.WriteStartObject();
        json.WritePropertyName("thread");
        JsonSerializer.Serialize(json, ThreadBody.Of(thread), HttpJson.Plain.ThreadBody);
        json.WriteString("exportedAt", time.GetUtcNow());
        json.WriteStartArray("messages");
        var page = first;
        for (; page is { Messages.Count: > 0 }; page = await NextAsync(context, page))
        {
            foreach (var message in page.Messages)
            {
                JsonSerializer.Serialize(json, MessageBody.Of(message), HttpJson.Plain.MessageBody);
            }

            await json.FlushAsync(context.RequestAborted);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
        }

        if (page is not null)
        {
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }

    /// <returns>The page after one; null when it cannot be had, and the connection is cut off then.</returns>
    private async Task<ThreadPage?> NextAsync(HttpContext context, ThreadPage page)
    {
        for (var tries = 1; ; tries++)
        {
            var next = await ReadAsync(page.Messages[^1].Position, context.RequestAborted);
            if (next.Status == ThreadStatus.Ok)
            {
                return next;
            }

            if (next.Status != ThreadStatus.Unavailable || tries == Tries)
            {
                context.Abort();
                return null;
            }

            await Task.Delay(Pause, time, context.RequestAborted);
        }
    }

    private static string Disposition(ThreadSummary thread, string extension)
    {
        var name = string.Concat((thread.Title ?? "thread").EnumerateRunes().Take(MaxFileName).Select(r => IsForFiles(r) ? r.ToString() : "_"));
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName(name + extension);
        return disposition.ToString();
    }

    private static bool IsForFiles(Rune rune) => !Rune.IsControl(rune) && !(rune.IsAscii && "/\\:*?\"<>|".Contains((char)rune.Value));
}
