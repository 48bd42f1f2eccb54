using Microsoft.Data.Sqlite;

namespace StreamChat.Storage.Providers;

/// <summary>Where the SQLite file is, and that its folder exists.</summary>
internal static class SqliteFile
{
    private const string Folder = "StreamChat";
    private const string FileName = "streamchat.db";

    /// <summary>The connection string to open, with the default file when none is configured.</summary>
    public static string Resolve(string? configured)
    {
        // our one connection stays open: a pool would only keep the file open after we are done
        var builder = new SqliteConnectionStringBuilder(configured) { Pooling = false, ForeignKeys = true };
        if (string.IsNullOrEmpty(builder.DataSource))
        {
            builder.DataSource = DefaultFile();
        }
        else if (builder.Mode != SqliteOpenMode.Memory
            && Path.GetDirectoryName(builder.DataSource) is { Length: > 0 } folder
            && !builder.DataSource.StartsWith("file:", StringComparison.Ordinal))
        {
            Directory.CreateDirectory(folder);
        }

        return builder.ConnectionString;
    }

    private static string DefaultFile()
    {
        var data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        if (data.Length > 0)
        {
            try
            {
                return Path.Combine(Directory.CreateDirectory(Path.Combine(data, Folder)).FullName, FileName);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // a user without a home of its own, as in many containers
            }
        }

        return Path.Combine(Directory.CreateDirectory(Path.Combine(Path.GetTempPath(), Folder)).FullName, FileName);
    }
}
