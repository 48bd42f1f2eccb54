namespace StreamChat.Hosting.Bus;

/// <summary>What others announced last. Who falls silent is forgotten. Not safe for several threads at once.</summary>
/// <typeparam name="T">What they announce.</typeparam>
/// <param name="time">The clock.</param>
public sealed class Announcements<T>(TimeProvider time)
{
    private readonly Dictionary<string, Word> _words = new(StringComparer.Ordinal);
    private long _hearingSince = time.GetTimestamp();
    private bool _hears = true;
    private long _heard;

    /// <summary>
    /// Whether announcements arrive. While they do not, nobody falls silent; when they do again, all have as long as if they had just spoken.
    /// </summary>
    public bool Hears
    {
        set
        {
            if (value && !_hears)
            {
                _hearingSince = time.GetTimestamp();
            }

            _hears = value;
        }
    }

    /// <summary>For how long announcements have arrived.</summary>
    public TimeSpan HearsFor => time.GetElapsedTime(_hearingSince);

    /// <summary>The last words of all who count, the newest first.</summary>
    public IEnumerable<T> NewestFirst => _words.Values.OrderByDescending(w => w.Order).Select(w => w.Said);

    /// <summary>Takes the word of one, which replaces its older ones.</summary>
    public void Take(string speaker, T said, TimeSpan validFor) => _words[speaker] = new Word(said, validFor, time.GetTimestamp(), ++_heard);

    /// <summary>One withdraws what it announced.</summary>
    public void Withdraw(string speaker) => _words.Remove(speaker);

    /// <summary>Forgets those whose last word is not valid any more.</summary>
    /// <returns>Whether there were any.</returns>
    public bool ForgetSilent()
    {
        var silent = _words.Where(w => IsSilent(w.Value)).Select(w => w.Key).ToList();
        silent.ForEach(speaker => _words.Remove(speaker));
        return silent.Count > 0;
    }

    private bool IsSilent(Word word) => _hears && time.GetElapsedTime(Math.Max(word.HeardAt, _hearingSince)) > word.ValidFor;

    private sealed record Word(T Said, TimeSpan ValidFor, long HeardAt, long Order);
}
