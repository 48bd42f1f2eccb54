using System.Globalization;
using System.Reflection;
using Dapper;
using StreamChat.Storage.Providers;

namespace StreamChat.Storage;

/// <summary>
/// The schema's versions: embedded files <c>Migrations/NNNN_name.sql</c>, applied in order, each once. A file that has been
/// released is never changed; the next change is the next file.
/// </summary>
internal static class Migrations
{
    private const string Prefix = "migrations/";

    /// <summary>Brings the schema up to date in one transaction.</summary>
    public static async Task ApplyAsync(StoreDatabase database, TimeProvider time, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        await transaction.Connection.ExecuteAsync(Command(
            transaction,
            database.LockSchema + "create table if not exists schema_versions (version integer not null primary key, applied_at bigint not null);",
            null,
            cancellationToken));
        var applied = (await transaction.Connection.QueryAsync<int>(
            Command(transaction, "select version from schema_versions", null, cancellationToken))).ToHashSet();
        foreach (var (version, resource) in Files().Where(f => !applied.Contains(f.Version)))
        {
            await transaction.Connection.ExecuteAsync(Command(transaction, Read(resource), null, cancellationToken));
            await transaction.Connection.ExecuteAsync(Command(
                transaction,
                "insert into schema_versions (version, applied_at) values (@version, @now)",
                new { version, now = time.GetUtcNow().ToUnixTimeMilliseconds() },
                cancellationToken));
        }

        await transaction.CommitAsync(cancellationToken);
    }

    /// <summary>The statements that make one version of the one before it.</summary>
    public static string Read(int version) => Read(Files().Single(f => f.Version == version).Resource);

    private static IEnumerable<(int Version, string Resource)> Files() =>
        from resource in Assembly.GetExecutingAssembly().GetManifestResourceNames()
        where resource.StartsWith(Prefix, StringComparison.Ordinal)
        let version = int.Parse(resource.AsSpan(Prefix.Length, 4), NumberStyles.None, CultureInfo.InvariantCulture)
        orderby version
        select (version, resource);

    /// <summary>Ended by the token alone: the time that other commands have is too short to build an index over a large table.</summary>
    private static CommandDefinition Command(StoreTransaction transaction, string sql, object? parameters, CancellationToken cancellationToken) =>
        transaction.Command(sql, parameters, cancellationToken, timeoutSeconds: 0);

    private static string Read(string resource)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream(resource)!);
        return reader.ReadToEnd();
    }
}
