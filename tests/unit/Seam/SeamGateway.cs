using StreamChat.Gateway.Runs;
using StreamChat.Hosting.Bus.Batches;

namespace StreamChat.UnitTests.Seam;

/// <summary>A gateway's part: the run that it shows, and its requests for what is missing.</summary>
internal sealed class SeamGateway(SeamWorld world, string id)
{
    private GatewayRun? _run;

    public string Id => id;

    /// <summary>What is on its way here.</summary>
    public List<PackedBatch> Queue { get; } = [];

    /// <summary>Connects somebody, who goes on from where they were.</summary>
    public void Connect(SeamViewer viewer)
    {
        var connection = viewer.Connection = new SeamConnection(viewer, this);
        while (!(_run ??= NewRun()).TryPlace(connection, viewer.Attempt, viewer.LastSeq))
        {
            // ended this moment
            _run = null;
        }

        world.Ask(this, viewer.Attempt, viewer.LastSeq);
    }

    public void Disconnect(SeamViewer viewer)
    {
        if (viewer.Connection is { } connection)
        {
            viewer.Connection = null;
            if (_run?.Remove(connection) == true)
            {
                _run = null;
            }
        }
    }

    /// <summary>Takes a batch apart as the dispatcher does.</summary>
    public void Deliver(PackedBatch batch)
    {
        var reader = batch.Read();
        while (reader.NextSlice())
        {
            while (_run is { } run && reader.NextEvent())
            {
                var delivery = reader.IsText
                    ? run.Deliver(new RunText(run.RunId, reader.Attempt, reader.FirstSeq, reader.Seq, run.MessageOf(reader), reader.Delta()))
                    : run.Deliver(reader.Attempt, reader.Event());
                if (delivery.Gap is { } gap)
                {
                    world.Ask(this, gap.Attempt, gap.AfterSeq);
                }

                if (delivery.Ended)
                {
                    _run = null;
                }
            }
        }
    }

    /// <summary>Lets those go on who were left out for want of room.</summary>
    public void Resume()
    {
        if (_run is { } run)
        {
            run.Resume(out var from);
            if (from is { } position)
            {
                world.Ask(this, position.Attempt, position.AfterSeq);
            }
        }
    }

    private static GatewayRun NewRun() => new(SeamWorld.RunId, "ada", "t", roomId: null, activity: null, requestedAt: 0);
}
