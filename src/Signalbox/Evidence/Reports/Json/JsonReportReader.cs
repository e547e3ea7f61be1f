namespace Signalbox.Evidence.Reports.Json;

/// <summary>Reads a format whose files hold one object or several of one kind: in an array, or one after the other.</summary>
internal abstract class JsonReportReader
{
    /// <summary>How often the file is gone through: twice where the end of it explains the beginning.</summary>
    public virtual int Passes => 1;

    /// <summary>Reads the object on which the cursor stands.</summary>
    /// <param name="pass">From 1.</param>
    /// <returns>False where the object is not of this format: what is not understood must not count as free of findings.</returns>
    public abstract bool Read(JsonCursor json, int pass);

    public abstract Report Done();
}
