using System.Globalization;
using System.Text.Json;
using Microsoft.OpenApi;
using StreamChat.Contracts.Threads;
using StreamChat.Gateway.Threads;

namespace StreamChat.Gateway.Http;

/// <summary>Users' own threads: to look back on, to name, to take away and to remove. Agent-workers answer, which have the store.</summary>
internal static class ThreadEndpoints
{
    private const int MaxTitle = 200;
    private const int MaxCursor = 600;
    private const int DefaultList = 20;
    private const int LargestList = 100;
    private const int DefaultPage = 50;
    private const int LargestPage = 200;

    public static void MapThreads(this IEndpointRouteBuilder endpoints)
    {
        var group = endpoints.MapGroup("/api/v1/threads")
            .WithTags("Threads")
            .RequireNamedCaller()
            .AddEndpointFilter(static (invocation, next) =>
            {
                invocation.HttpContext.Response.Headers.CacheControl = "no-store";
                return next(invocation);
            })
            .LimitRequests();
        group.MapGet("", ListAsync)
            .WithSummary("The user's own threads, the one used last first.")
            .WithDescription("limit is 1 to 100, 20 unless said; after is what next of the page before said. In mode open, user_id says who asks.")
            .Answers<ThreadListBody>(StatusCodes.Status400BadRequest);
        var one = group.MapGroup("/{threadId}").DescribeThreadId();
        one.MapGet("/messages", ReadAsync)
            .WithSummary("A page of a thread's messages, oldest first; the newest page unless before says otherwise.")
            .WithDescription("limit is 1 to 200, 50 unless said; before is what before of the page after it said. A page also ends at 512 KiB of text.")
            .Answers<ThreadPageBody>(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        one.MapPatch("", ChangeAsync)
            .WithSummary("Names a thread, or says what becomes of a run that is asked for while another one is under way.")
            .Accepts<ThreadChangeBody>("application/json")
            .Answers<ThreadBody>(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
        one.MapDelete("", DeleteAsync)
            .WithSummary("Removes a thread and its messages for good. Not while a run is under way in it.")
            .Produces(StatusCodes.Status204NoContent)
            .Refuses(StatusCodes.Status404NotFound, StatusCodes.Status409Conflict);
        one.MapGet("/export", ExportAsync)
            .WithSummary("A whole thread as a file: format is json, unless said, or markdown.")
            .Produces<string>(contentType: ThreadExport.JsonType, additionalContentTypes: ThreadExport.MarkdownType)
            .Refuses(StatusCodes.Status400BadRequest, StatusCodes.Status404NotFound);
    }

    /// <summary>It is read by <see cref="ThreadPath"/>, so that it is in no signature that the description is made of.</summary>
    private static RouteGroupBuilder DescribeThreadId(this RouteGroupBuilder group) => group.AddOpenApiOperationTransformer((operation, _, _) =>
    {
        operation.Parameters ??= [];
        operation.Parameters.Insert(0, new OpenApiParameter
        {
            Name = "threadId",
            In = ParameterLocation.Path,
            Required = true,
            Description = "The thread, percent-encoded as one segment.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.String },
        });
        return Task.CompletedTask;
    });

    private static async Task<IResult> ListAsync(HttpContext context, ThreadClient threads, string? limit, string? after)
    {
        if (Number(limit, DefaultList, 1, LargestList) is not { } count)
        {
            return Bad($"'limit' must be 1 to {LargestList}.");
        }

        if (after?.Length > MaxCursor || !IsText(after))
        {
            return Bad("'after' is not what 'next' of another page said.");
        }

        var list = await threads.ListAsync(
            new ListThreads { UserId = context.GetCaller().UserId, After = after, Limit = (int)count }, context.RequestAborted);
        return list.Status == ThreadStatus.Ok
            ? HttpResults.Json(new ThreadListBody([.. list.Threads.Select(ThreadBody.Of)], list.Next), HttpJson.Plain.ThreadListBody)
            : Refuse(context, list.Status);
    }

    private static async Task<IResult> ReadAsync(HttpContext context, ThreadClient threads, string? limit, string? before)
    {
        if (Number(limit, DefaultPage, 1, LargestPage) is not { } count)
        {
            return Bad($"'limit' must be 1 to {LargestPage}.");
        }

        if (Number(before, long.MaxValue, 1, long.MaxValue) is not { } position)
        {
            return Bad("'before' must be the position of a message.");
        }

        if (ThreadPath.ThreadId(context) is not { } threadId)
        {
            return Refuse(context, ThreadStatus.NotFound);
        }

        var page = await threads.ReadAsync(
            new ReadThread { UserId = context.GetCaller().UserId, ThreadId = threadId, Before = position, Limit = (int)count }, context.RequestAborted);
        return page is { Status: ThreadStatus.Ok, Thread: { } thread }
            ? HttpResults.Json(new ThreadPageBody(ThreadBody.Of(thread), [.. page.Messages.Select(MessageBody.Of)], page.Before), HttpJson.Plain.ThreadPageBody)
            : Refuse(context, page.Status);
    }

    private static async Task<IResult> ChangeAsync(HttpContext context, ThreadClient threads)
    {
        ThreadChangeBody? body;
        try
        {
            body = await JsonSerializer.DeserializeAsync(context.Request.Body, HttpJson.Plain.ThreadChangeBody, context.RequestAborted);
        }
        catch (JsonException)
        {
            return Bad("The body is not the JSON that is expected: 'title' is text, 'whenBusy' is enqueue, reject or interrupt.");
        }

        if (body is null || (body.Title is null && body.WhenBusy is null))
        {
            return Bad("A JSON object with 'title' or 'whenBusy' is needed.");
        }

        if (body.Title is { } title && (title.Length > MaxTitle || string.IsNullOrWhiteSpace(title) || title.Any(char.IsControl) || !IsText(title)))
        {
            return Bad($"'title' must be 1 to {MaxTitle} characters, none of them a control character.");
        }

        if (body.WhenBusy is { } policy && !Enum.IsDefined(policy))
        {
            return Bad("'whenBusy' must be enqueue, reject or interrupt.");
        }

        if (ThreadPath.ThreadId(context) is not { } threadId)
        {
            return Refuse(context, ThreadStatus.NotFound);
        }

        var change = new ChangeThread { UserId = context.GetCaller().UserId, ThreadId = threadId, Title = body.Title?.Trim(), WhenBusy = body.WhenBusy };
        var answer = await threads.ChangeAsync(change, context.RequestAborted);
        return answer is { Status: ThreadStatus.Ok, Thread: { } thread }
            ? HttpResults.Json(ThreadBody.Of(thread), HttpJson.Plain.ThreadBody)
            : Refuse(context, answer.Status);
    }

    private static async Task<IResult> DeleteAsync(HttpContext context, ThreadClient threads)
    {
        if (ThreadPath.ThreadId(context) is not { } threadId)
        {
            return Refuse(context, ThreadStatus.NotFound);
        }

        var answer = await threads.DeleteAsync(new DeleteThread { UserId = context.GetCaller().UserId, ThreadId = threadId }, context.RequestAborted);
        return answer.Status == ThreadStatus.Ok ? Results.NoContent() : Refuse(context, answer.Status);
    }

    private static async Task<IResult> ExportAsync(HttpContext context, ThreadClient threads, TimeProvider time, string? format)
    {
        if (format is not (null or "json" or "markdown"))
        {
            return Bad("'format' must be json or markdown.");
        }

        if (ThreadPath.ThreadId(context) is not { } threadId)
        {
            return Refuse(context, ThreadStatus.NotFound);
        }

        var export = new ThreadExport(threads, context.GetCaller().UserId, threadId, time);
        var first = await export.ReadAsync(after: 0, context.RequestAborted);
        if (first is not { Status: ThreadStatus.Ok })
        {
            return Refuse(context, first.Status);
        }

        await export.WriteAsync(context, first, format == "markdown");
        return Results.Empty;
    }

    private static IResult Refuse(HttpContext context, ThreadStatus status)
    {
        switch (status)
        {
            case ThreadStatus.NotFound:
                return HttpResults.Problem(StatusCodes.Status404NotFound, "There is no such thread.");
            case ThreadStatus.Invalid:
                return Bad("The request asks for what cannot be.");
            case ThreadStatus.Busy:
                return HttpResults.Problem(StatusCodes.Status409Conflict, "A run is under way in this thread.");
            default:
                context.Response.Headers.RetryAfter = "1";
                return HttpResults.Problem(StatusCodes.Status503ServiceUnavailable, "Threads cannot be had at the moment. Please try again.");
        }
    }

    private static IResult Bad(string detail) => HttpResults.Problem(StatusCodes.Status400BadRequest, detail);

    private static long? Number(string? text, long fallback, long least, long most) =>
        text is null ? fallback : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most ? number : null;

    // half a surrogate pair, which JSON can carry, is no text
    private static bool IsText(string? text) => text is null || text.EnumerateRunes().All(r => r != System.Text.Rune.ReplacementChar);

    private static RouteHandlerBuilder Answers<T>(this RouteHandlerBuilder endpoint, params int[] refusals) => endpoint.Produces<T>().Refuses(refusals);

    private static RouteHandlerBuilder Refuses(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        int[] shared =
        [
            StatusCodes.Status401Unauthorized, StatusCodes.Status403Forbidden, StatusCodes.Status429TooManyRequests, StatusCodes.Status503ServiceUnavailable,
        ];
        foreach (var status in statuses.Concat(shared))
        {
            endpoint.Produces<ErrorBody>(status);
        }

        return endpoint;
    }
}
