namespace StreamChat.TestSupport.Processes;

/// <summary>A folder that is gone when we are.</summary>
public sealed class TemporaryFolder : IDisposable
{
    private readonly IDisposable _reaping;

    public TemporaryFolder()
    {
        Path = Directory.CreateTempSubdirectory("streamchat-test-").FullName;
        _reaping = Reaper.Add($"rm -rf '{Path}'");
    }

    public string Path { get; }

    /// <summary>A path in it.</summary>
    public string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
            _reaping.Dispose();
        }
        catch (IOException)
        {
            // a process that dies just now may still write; the reaper removes it at the end
        }
    }
}
