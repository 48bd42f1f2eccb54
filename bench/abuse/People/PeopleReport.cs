using System.Text.Json;

namespace StreamChat.Abuse.People;

/// <summary>How people who behave well fared.</summary>
internal sealed record PeopleReport
{
    /// <summary>Turns that ended with the right answer.</summary>
    public required int Turns { get; init; }

    /// <summary>Turns without an end within the deadline.</summary>
    public required int Lost { get; init; }

    /// <summary>Turns that ended otherwise, by how: the code of the run's error, or a wrong answer.</summary>
    public required IReadOnlyDictionary<string, int> Failed { get; init; }

    /// <summary>What the server rejected, by code of the error or status of the handshake.</summary>
    public required IReadOnlyDictionary<string, int> Rejected { get; init; }

    /// <summary>Connections that the server closed or cut. Each person connects again and asks again with the same run id.</summary>
    public required int Disconnects { get; init; }

    /// <summary>From sending a request to its run's first event. Each person's first turns are not in it.</summary>
    public required Distribution FirstEvent { get; init; }

    /// <summary>From sending a request to the end of its run.</summary>
    public required Distribution Turn { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this);

    public static PeopleReport FromJson(string json) => JsonSerializer.Deserialize<PeopleReport>(json)!;
}
