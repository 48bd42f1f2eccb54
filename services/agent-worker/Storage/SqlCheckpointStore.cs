using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Dapper;
using StreamChat.Storage;
using StreamChat.Storage.Providers;

namespace StreamChat.AgentWorker.Storage;

/// <summary>How far runs have come, over SQL.</summary>
internal sealed class SqlCheckpointStore(StoreDatabase database, SqlTransactions transactions) : ICheckpointStore
{
    private readonly CheckpointSql _sql = new(database);

    public Task<IReadOnlySet<Guid>> SaveAsync(IReadOnlyList<RunCheckpoint> checkpoints, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                // in one order everywhere, so that no two transactions wait for each other
                var sorted = checkpoints.OrderBy(c => c.RunId).ToList();
                var runs = JsonSerializer.Serialize([.. sorted.Select(RunRow)], CheckpointJson.Default.CheckpointRunArray);
                var saved = await transaction.Connection.QueryAsync<string>(transaction.Command(_sql.SaveRuns, new { Rows = runs }, token));
                var texts = JsonSerializer.Serialize([.. sorted.SelectMany(TextRows)], CheckpointJson.Default.CheckpointTextArray);
                await transaction.Connection.ExecuteAsync(transaction.Command(_sql.AddTexts, new { Rows = texts }, token));
                var left = checkpoints.Select(c => c.RunId).ToHashSet();
                left.ExceptWith(saved.Select(Guid.Parse));
                return ((IReadOnlySet<Guid>)left, true);
            },
            cancellationToken);

    public Task<IReadOnlyList<SaidText>> LoadTextsAsync(Guid runId, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var rows = await transaction.Connection.QueryAsync<TextRow>(transaction.Command(_sql.LoadTexts, new { RunId = Text(runId) }, token));
                return (Whole(rows), false);
            },
            cancellationToken);

    public Task LetGoAsync(Guid runId, string workerId, int attempt, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            async (transaction, token) =>
            {
                var parameters = new { RunId = Text(runId), WorkerId = workerId, Attempt = attempt };
                return (await transaction.Connection.ExecuteAsync(transaction.Command(_sql.LetGo, parameters, token)), true);
            },
            cancellationToken);

    /// <summary>A piece that was written twice, since its first writing seemed to have failed, begins where the first one began.</summary>
    private static IReadOnlyList<SaidText> Whole(IEnumerable<TextRow> pieces)
    {
        List<(string Id, StringBuilder Text)> messages = [];
        foreach (var piece in pieces)
        {
            if (messages.Count == 0 || messages[^1].Id != piece.MessageId)
            {
                messages.Add((piece.MessageId, new StringBuilder()));
            }

            var text = messages[^1].Text;
            text.Length = Math.Min(text.Length, piece.Start);
            text.Append(piece.Text);
        }

        return [.. messages.Select(m => new SaidText(m.Id, m.Text.ToString()))];
    }

    private static CheckpointRun RunRow(RunCheckpoint checkpoint) =>
        new(Text(checkpoint.RunId), checkpoint.WorkerId, checkpoint.Attempt, checkpoint.Journal is null ? null : StorableText.Clean(checkpoint.Journal));

    private static IEnumerable<CheckpointText> TextRows(RunCheckpoint checkpoint) => checkpoint.Texts.Select((text, i) => new CheckpointText(
        Text(checkpoint.RunId), checkpoint.WorkerId, checkpoint.Attempt, checkpoint.FirstPart + i, text.MessageId, text.Start, StorableText.Clean(text.Text)));

    private static string Text(Guid id) => id.ToString("D");
}

/// <summary>A row of <c>run_texts</c>.</summary>
internal sealed class TextRow
{
    public string MessageId { get; init; } = "";

    public int Start { get; init; }

    public string Text { get; init; } = "";
}

/// <summary>A row for <see cref="CheckpointSql.SaveRuns"/>.</summary>
internal sealed record CheckpointRun(string Id, string Worker, int Attempt, string? Journal);

/// <summary>A row for <see cref="CheckpointSql.AddTexts"/>.</summary>
internal sealed record CheckpointText(string Id, string Worker, int Attempt, int Part, string Message, int Start, string Content);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(CheckpointRun[]))]
[JsonSerializable(typeof(CheckpointText[]))]
internal sealed partial class CheckpointJson : JsonSerializerContext;
