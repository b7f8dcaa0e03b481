import Blocks
