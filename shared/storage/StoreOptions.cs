using System.ComponentModel.DataAnnotations;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace StreamChat.Storage;

/// <summary>Which database keeps the conversations.</summary>
internal enum StoreProvider
{
    /// <summary>A file, shared by the processes of one machine.</summary>
    Sqlite,

    /// <summary>A server, shared by the workers of a cluster.</summary>
    Postgres,
}

/// <summary>Section <c>Store</c>.</summary>
internal sealed class StoreOptions : IValidatableObject
{
    /// <summary>The section's name.</summary>
    public const string Section = "Store";

    /// <summary>The kind of database; a SQLite file unless said otherwise.</summary>
    public StoreProvider Provider { get; set; } = StoreProvider.Sqlite;

    /// <summary>
    /// The provider's connection string. Required for PostgreSQL; for SQLite, when absent, the file <c>StreamChat/streamchat.db</c>
    /// in the user's folder for local application data, or in the temp folder when there is none.
    /// </summary>
    public string? ConnectionString { get; set; }

    /// <summary>How long one operation may take, waiting for a connection and for locks included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.1", "00:01:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!Enum.IsDefined(Provider))
        {
            yield return new ValidationResult("Is not one of Sqlite, Postgres.", [nameof(Provider)]);
        }
        else if (string.IsNullOrWhiteSpace(ConnectionString))
        {
            if (Provider == StoreProvider.Postgres)
            {
                yield return new ValidationResult("Is required when Store:Provider is Postgres.", [nameof(ConnectionString)]);
            }
        }
        else if (!CanParse())
        {
            // without the parser's message, which may quote a password
            yield return new ValidationResult($"Is not a connection string for {Provider}.", [nameof(ConnectionString)]);
        }
    }

    private bool CanParse()
    {
        try
        {
            _ = Provider == StoreProvider.Postgres
                ? new NpgsqlConnectionStringBuilder(ConnectionString).ConnectionString
                : new SqliteConnectionStringBuilder(ConnectionString).ConnectionString;
            return true;
        }
        catch (Exception e) when (e is ArgumentException or FormatException or InvalidCastException or KeyNotFoundException)
        {
            return false;
        }
    }
}
