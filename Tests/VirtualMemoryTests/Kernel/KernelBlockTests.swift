import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Blocks of the kernel itself, and waiting")
struct KernelBlockTests {
  @Test("blocks count as the kernel's, are seen by their states, and come back")
  func blocks() throws {
    for allocator in MachineConfiguration.Allocator.allCases {
      var machine = Machine(MachineConfiguration(frameCount: 2048, allocator: allocator))
      let free = machine.freeFrames
      let slab = try machine.allocateKernelBlock(Order(3), reclaimable: true)
      let page = try machine.allocateKernelBlock()
      machine.validate()
      #expect(free - machine.freeFrames == 9)
      var states: [UInt8] = []
      machine.fillStates(&states)
      #expect(states[slab.index + 7] == FrameState.slab.rawValue)
      #expect(states[page.index] == FrameState.unmovable.rawValue)
      machine.freeKernelBlock(slab)
      machine.freeKernelBlock(page)
      machine.validate()
      #expect(machine.freeFrames == free)
    }
  }

  @Test("more than there is is refused, and nothing is lost")
  func refused() throws {
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    var blocks: [FrameNumber] = []
    while let block = try? machine.allocateKernelBlock(Order(2)) { blocks.append(block) }
    #expect(blocks.count > 200)
    machine.validate()
    for block in blocks { machine.freeKernelBlock(block) }
    machine.validate()
  }

  @Test("waiting lets time pass, exactly")
  func waiting() {
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    let before = machine.clock
    machine.wait(1_234_567_891)
    #expect(machine.clock - before == 1_234_567_891)
    machine.validate()
  }
}
