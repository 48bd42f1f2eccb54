namespace StreamChat.Client.Connections;

/// <summary>Whom a connection tells what happens to it. Always under the lock.</summary>
internal interface IConnectionOwner
{
    /// <summary>Something is to be seen on it.</summary>
    bool IsNeeded { get; }

    /// <summary>Something is being answered right now.</summary>
    bool IsBusy { get; }

    /// <summary>A new socket is ready.</summary>
    void Welcomed(Frames.WelcomeFrame frame);

    /// <summary>A frame came that is no matter of the connection.</summary>
    void Received(object frame);

    /// <summary>A socket is gone, whatever comes then.</summary>
    void Lost(int? code);

    /// <summary>It is gone for good.</summary>
    void Ended(string code, string message);

    /// <summary>Its state has changed.</summary>
    void Changed(ConnectionStateChange change);
}
