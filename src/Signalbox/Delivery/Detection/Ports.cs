namespace Signalbox.Delivery.Detection;

/// <summary>Chooses where users come: the program's usual port where it is free, else the next one.</summary>
internal sealed class Ports(DeliverySurroundings surroundings)
{
    // below it only root may listen, and what a container exposes there is meant for a container
    private const int FirstOpen = 1024;

    private readonly HashSet<int> _given = [];

    public Proposed<int> Choose(Proposed<int> wanted)
    {
        var first = wanted.Value < FirstOpen ? 8080 : wanted.Value;
        var port = first;
        while (port < 65535 && !Take(port)) port++;
        if (port == wanted.Value) return wanted;
        var why = wanted.Value < FirstOpen ? $"{wanted.Value} is not for everyone to listen on" : $"{wanted.Value} is taken, this is the next free one";
        return new(port, $"{wanted.Why}; {why}", wanted.At);
    }

    private bool Take(int port) => !_given.Contains(port) && !surroundings.IsListening(new("127.0.0.1", port)) && _given.Add(port);
}
